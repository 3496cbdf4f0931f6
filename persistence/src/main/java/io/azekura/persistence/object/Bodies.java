package io.azekura.persistence.object;

import io.azekura.persistence.model.Bytes;
import io.azekura.persistence.register.Content;
import io.azekura.persistence.register.RegisterKey;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads and copies the bytes that registers name. Calls never block, stages never fail. */
public interface Bodies {
    /** The bytes of a small body that the register, or an older version of its key, names. */
    CompletionStage<WholeOutcome> whole(RegisterKey key, Content.Whole content);

    /**
     * Writes the bytes of the sources, one after the other, once more under a data id of their own on the drives of the
     * target: no bytes are shared between registers (register rule 20).
     */
    CompletionStage<CopyOutcome> copy(List<Source> sources, RegisterKey target);

    /** Bytes to copy, and the register that names them. */
    record Source(RegisterKey key, Content content) {}

    sealed interface WholeOutcome permits Whole, Unreadable {}

    sealed interface CopyOutcome permits Copied, Unreadable {}

    record Whole(Bytes bytes) implements WholeOutcome {}

    /** Durable unless it is whole, when {@code body} has the bytes. */
    record Copied(Content content, @Nullable Bytes body) implements CopyOutcome {}

    record Unreadable(String reason) implements WholeOutcome, CopyOutcome {}
}
