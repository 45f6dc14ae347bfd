import time

from django.utils import timezone

from sample.models import JobRun, Switch


def record(period):
    """What each job does: leave a row, having failed or slept first when its switch says so."""
    run = JobRun.objects.create(period=period)
    time.sleep(Switch.read("job_sleeps", period))
    if Switch.read("job_fails", period):
        raise RuntimeError(f"the switch job_fails is on for {period}")
    run.ended_at = timezone.now()
    run.save()
