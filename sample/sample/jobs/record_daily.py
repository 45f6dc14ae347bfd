from django_extensions.management.jobs import DailyJob

from sample.recording import record


class Job(DailyJob):
    help = "Leave a row that tells that the daily jobs ran"

    def execute(self):
        record("daily")
