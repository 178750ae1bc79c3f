"""The dialogs and the search popups."""
