/** The periods of django-extensions' `runjobs` that BiomAid's guide schedules (1.2.2.11). */
export const PERIODS = ["quarter_hourly", "hourly", "daily", "weekly"] as const;
