"""Why a question gets what it gets."""
