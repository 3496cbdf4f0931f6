package io.azekura.persistence.object;

import io.azekura.persistence.model.DataId;
import io.azekura.persistence.register.OperationId;

/** Where procedures get what is never given twice, and the time. */
public interface Identifiers {
    OperationId nextOperation();

    Stamp nextStamp();

    UploadId nextUpload();

    DataId nextData();
}
