package io.azekura.http.sigv4;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers derived signing keys, which cost four HMACs each. Only keys that have verified a signature come in, so
 * nobody without a secret can fill it. A changed secret misses, as the secret is part of what is looked up. Safe for
 * many threads.
 */
final class SigningKeyCache {
    /** One entry per credential, day and region in use: far more than a node sees in a day, and about 300 KiB. */
    static final int ENTRIES_MAX = 1024;

    private final ConcurrentHashMap<Slot, SigningKey> keys = new ConcurrentHashMap<>();

    private record Slot(SecretKey secret, CredentialScope scope) {}

    /** The signing key, derived now if it is not remembered. */
    SigningKey key(SecretKey secret, CredentialScope scope) {
        SigningKey known = keys.get(new Slot(secret, scope));
        return known != null ? known : SigningKey.derive(secret, scope);
    }

    /** Remembers a key that has verified a signature. A full cache is emptied: cheap, and days pass anyway. */
    void remember(SecretKey secret, CredentialScope scope, SigningKey key) {
        Slot slot = new Slot(secret, scope);
        if (keys.containsKey(slot)) {
            return;
        }
        if (keys.size() >= ENTRIES_MAX) {
            keys.clear();
        }
        keys.put(slot, key);
    }

    int size() {
        return keys.size();
    }
}
