package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Change;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.State;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One change of an object's register. What it decides depends on nothing but the state; beside that it remembers what
 * its last run decided, which is what counts when the change is applied: a register runs a change again only when
 * earlier runs came to nothing. For one operation and one thread at a time.
 */
public final class ObjectChange implements Change<Refusal> {
    private final Rule rule;
    private final Finish finish;
    private final ChangeId change;
    private final @Nullable SmallBody carried;
    private @Nullable Version made;
    private Content.@Nullable Whole wanted;

    /** What to make of a draft; the answer is why it is refused, or null. */
    @FunctionalInterface
    interface Rule {
        @Nullable
        Refusal apply(Draft draft) throws IOException;
    }

    /** Makes a decision of a draft. */
    @FunctionalInterface
    interface Finish {
        Decision<Refusal> finish(Draft draft, @Nullable Bytes body);
    }

    ObjectChange(Rule rule, Finish finish, ChangeId change, @Nullable SmallBody carried) {
        this.rule = rule;
        this.finish = finish;
        this.change = change;
        this.carried = carried;
    }

    /** The same change with the bytes that {@link Refusal#NEEDS_BODY} asked for. */
    public ObjectChange carrying(SmallBody body) {
        return new ObjectChange(rule, finish, change, body);
    }

    /** The version that the last run made current: a new one, or an older one that it promoted; null when none. */
    public @Nullable Version made() {
        return made;
    }

    /** The content whose bytes the last run missed. */
    public Content.@Nullable Whole wanted() {
        return wanted;
    }

    @Override
    public Decision<Refusal> decide(State current) {
        made = null;
        wanted = null;
        try {
            Draft draft = new Draft(current, change);
            Refusal refusal = rule.apply(draft);
            return refusal != null ? new Refuse<>(refusal) : finish(draft);
        } catch (IOException damage) {
            return new Refuse<>(Refusal.DAMAGED);
        }
    }

    private Decision<Refusal> finish(Draft draft) {
        Bytes body = draft.body();
        if (draft.content() instanceof Content.Whole whole && body == null) {
            if (carried == null || !carried.id().equals(whole.id())) {
                wanted = whole;
                return new Refuse<>(Refusal.NEEDS_BODY);
            }
            body = carried.bytes();
        }
        made = draft.current();
        return finish.finish(draft, body);
    }
}
