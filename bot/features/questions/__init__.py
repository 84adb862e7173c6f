"""A question gets its reply, and the person says if that helped."""
