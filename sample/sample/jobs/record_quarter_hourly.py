from django_extensions.management.jobs import QuarterHourlyJob

from sample.recording import record


class Job(QuarterHourlyJob):
    help = "Leave a row that tells that the quarter_hourly jobs ran"

    def execute(self):
        record("quarter_hourly")
