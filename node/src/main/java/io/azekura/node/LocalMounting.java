package io.azekura.node;

import io.azekura.node.MountedDrives.Mounting;
import io.azekura.node.settings.Settings;

/** Mounts the drive directories that the settings name. */
final class LocalMounting implements Mounting {
    private final Settings settings;

    LocalMounting(Settings settings) {
        this.settings = settings;
    }

    @Override
    public MountedDrives mount() throws StartRefusedException {
        throw new StartRefusedException("drives cannot be mounted yet: " + settings.drives());
    }
}
