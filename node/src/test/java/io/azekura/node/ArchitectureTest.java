package io.azekura.node;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.azekura.persistence.drive.Drive;
import io.azekura.persistence.drive.DriveFaultException;
import io.azekura.persistence.drive.DriveId;
import io.azekura.persistence.drive.DriveStatus;

/** The rooms, and who may know whom. A rule that is in the way is changed here, with its reason, or not at all. */
@AnalyzeClasses(
        packages = "io.azekura",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
class ArchitectureTest {
    /** The models and simulations of a room, which other rooms' tests use too. */
    static final class WithoutTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String PERSISTENCE = "io.azekura.persistence..";
    private static final String ACTORS = "io.azekura.actors..";
    private static final String HTTP = "io.azekura.http..";
    private static final String NODE = "io.azekura.node..";
    private static final String CLI = "io.azekura.cli..";

    private static final DescribedPredicate<JavaClass> INSIDE_OF_ACTORS =
            resideInAPackage(ACTORS).and(not(resideInAPackage("io.azekura.actors.protocol..")));

    private static final DescribedPredicate<JavaClass> INSIDE_OF_PERSISTENCE = resideInAPackage(PERSISTENCE)
            .and(not(resideInAnyPackage(
                    "io.azekura.persistence", "io.azekura.persistence.checksum..", "io.azekura.persistence.model..")));

    /** Declared beside the engine that implements it, and known to everything that an engine is made of. */
    private static final DescribedPredicate<JavaClass> THE_PORT_OF_A_DRIVE =
            belongToAnyOf(Drive.class, DriveFaultException.class, DriveId.class, DriveStatus.class);

    @ArchTest
    static final ArchRule PERSISTENCE_KNOWS_NEITHER_AKKA_NOR_A_ROOM_ABOVE = noClasses()
            .that()
            .resideInAPackage(PERSISTENCE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ACTORS, HTTP, NODE, CLI, "akka..", "scala..", "com.typesafe..", "java.net.http..")
            .because("what is on a disk, and the register's rules, are simulated in one thread without a framework");

    @ArchTest
    static final ArchRule ACTORS_KNOW_NO_FACE = noClasses()
            .that()
            .resideInAPackage(ACTORS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HTTP, NODE, CLI, "akka.http..")
            .because("S3 is one of several faces of the store, and none of them may leak into it");

    @ArchTest
    static final ArchRule HTTP_SPEAKS_TO_ACTORS_BY_THEIR_PROTOCOL = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat(INSIDE_OF_ACTORS)
            .because("the store behind the faces may be another, and is one in their tests");

    @ArchTest
    static final ArchRule HTTP_KNOWS_THE_VALUES_AND_NOT_THE_DISKS = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat(INSIDE_OF_PERSISTENCE)
            .because("no request may reach a drive but through the store");

    @ArchTest
    static final ArchRule HTTP_KNOWS_NO_ROOM_ABOVE = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(NODE, CLI)
            .because("wiring is the node's affair");

    @ArchTest
    static final ArchRule COMMANDS_READ_DRIVES_AND_NOTHING_ELSE = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ACTORS, HTTP, NODE, "akka..", "scala..")
            .because("an operator inspects drives when nothing else runs any more");

    @ArchTest
    static final ArchRule THE_REGISTER_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.azekura.persistence.register..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.net..", "java.util.concurrent.locks..", "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                    java.util.Random.class,
                    java.security.SecureRandom.class,
                    java.util.concurrent.ThreadLocalRandom.class,
                    Thread.class,
                    java.time.Clock.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .because("a history of the register must replay exactly from its seed");

    @ArchTest
    static final ArchRule PACKAGES_OF_A_ROOM_HAVE_AN_ORDER = slices().matching("io.azekura.(*).(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(resideInAPackage(PERSISTENCE), THE_PORT_OF_A_DRIVE)
            .because("a package that needs its own user cannot be understood, tested or replaced alone");

    @ArchTest
    static final ArchRule ONE_LOGGING_FACADE =
            NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.because("the log has one format and one place, through SLF4J");

    @ArchTest
    static final ArchRule ONLY_THE_NODE_WRITES_TO_THE_CONSOLE = noClasses()
            .that()
            .resideOutsideOfPackage(NODE)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("standard output is the log's, and JSON lines must stay JSON lines");

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .because("such a name fits anything, and so collects it");
}
