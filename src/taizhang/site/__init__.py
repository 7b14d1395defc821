"""Settings, urls, the desk and the cockpit: where the packages become one program."""
