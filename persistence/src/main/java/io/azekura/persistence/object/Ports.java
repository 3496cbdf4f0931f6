package io.azekura.persistence.object;

import io.azekura.persistence.register.Register;
import io.azekura.persistence.register.Scan;
import io.azekura.persistence.register.Versions;

/** What the procedures of objects reach the drives by, and who names and decides for them. */
public record Ports(
        Register register,
        Scan scan,
        Versions versions,
        Bodies bodies,
        Identifiers identifiers,
        ObjectChanges changes) {}
