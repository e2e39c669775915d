"""Who runs what is due: the service, cron, and systemd."""
