"""From a document to a frozen plan: parameters, checks, schemas, fusion. No row moves here."""
