from django_extensions.management.jobs import WeeklyJob

from sample.recording import record


class Job(WeeklyJob):
    help = "Leave a row that tells that the weekly jobs ran"

    def execute(self):
        record("weekly")
