package io.azekura.http.route;

import io.azekura.http.xml.XmlWriter;

/** The account that owns every bucket and object until there are identities besides the root credential. */
final class Owner {
    /** SHA-256 of {@code azekura:root}, because clients expect the sixty-four digits of a canonical user id. */
    static final String ID = "debf95fa610625925f1f6efece1d9845d1ddf48a3c3a842a30e7351c1f42fc03";

    static final String DISPLAY_NAME = "root";

    private Owner() {}

    static XmlWriter write(XmlWriter xml) {
        return xml.begin("Owner")
                .element("ID", ID)
                .element("DisplayName", DISPLAY_NAME)
                .end();
    }
}
