"""What is said of acts on jobs. What a job does is said by those acts themselves, in the name of who started it."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

STARTED = Verb("job.started", "发起了 {job} 号后台任务（{kind}）", "began job {job} ({kind})")
CANCELLED = Verb("job.cancelled", "取消了 {job} 号后台任务（{kind}）", "cancelled job {job} ({kind})")
