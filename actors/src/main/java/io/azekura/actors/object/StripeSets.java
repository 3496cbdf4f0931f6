package io.azekura.actors.object;

import io.azekura.persistence.register.RegisterKey;
import java.util.List;

/** Which drives keep which register, under one version of the layout. Safe for any thread. */
public interface StripeSets {
    StripeSet of(RegisterKey key);

    /** Every distinct stripe set: what covers a quorum of each of these covers all partitions. */
    List<StripeSet> all();
}
