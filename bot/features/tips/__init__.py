"""The daily tip: people subscribe, change their wishes, and get it."""
