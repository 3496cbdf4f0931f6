package io.azekura.node;

import io.azekura.actors.object.StripeSet;
import io.azekura.actors.object.StripeSets;
import io.azekura.persistence.layout.Layout;
import io.azekura.persistence.register.RegisterKey;
import java.util.List;

/** The layout as the object path asks for it. */
final class LayoutStripeSets implements StripeSets {
    private final List<StripeSet> byPartition;
    private final List<StripeSet> distinct;

    LayoutStripeSets(Layout layout) {
        this.byPartition = layout.stripeSets().stream()
                .map(set -> new StripeSet(set.drives(), set.dataShards(), set.parityShards()))
                .toList();
        this.distinct = byPartition.stream().distinct().toList();
    }

    @Override
    public StripeSet of(RegisterKey key) {
        return byPartition.get(Layout.partitionOf(key));
    }

    @Override
    public List<StripeSet> all() {
        return distinct;
    }
}
