from django_extensions.management.jobs import HourlyJob

from sample.recording import record


class Job(HourlyJob):
    help = "Leave a row that tells that the hourly jobs ran"

    def execute(self):
        record("hourly")
