"""The access matrix as it is written down; `hub.access.policy` reads it.

One line an action: `table.VERB[.detail]  CODE:scope{only these fields, or under this condition},scope CODE:…`.
R covers read and list; an action without codes is nobody's; a code that is absent is denied.
"""

# ruff: noqa: E501 - each line is one action, as in the matrix that people read

MATRIX = """\
users.R              PT:own DR:own RC:own,fac{pub} SA:own,fac{pub} AD:*
users.C              AN:*{patient only} RC:*{patient only} SA:fac{patient,receptionist} AD:*
users.U              PT:own{name,phone} DR:own{name,phone} RC:own{name,phone} SA:own{name,phone} AD:*{name,phone,email}
users.U.password     PT:own DR:own RC:own SA:own AD:own
users.U.role         AD:*{never self, never the last admin}
users.U.disabled     SA:fac{receptionist only} AD:*{never self, never the last admin}
users.D
patients.R           PT:own DR:care,bg RC:facpt{demographics} SA:facpt{demographics} DP:*{demographics, audited search} SV:*{demographics, audited search} AD:bg TB:asg{first_name,age_band,blood_type,phone}
patients.C           AN:own RC:* SA:* DP:* SV:*
patients.U           PT:own{address} DR:care{blood_type} RC:facpt{demographics} SA:facpt{demographics}
patients.D
doctors.R            PT:*{pub} DR:*{pub},own RC:*{pub} SA:*{pub},fac AD:*
doctors.C            AD:*
doctors.U            DR:own{years_experience} AD:*
doctors.D
staff.R              DR:fac{pub} RC:own,fac{pub} SA:fac AD:*
staff.C              SA:fac{receptionist only} AD:*
staff.U              SA:fac{receptionist only} AD:*
staff.D              SA:fac{receptionist only} AD:*
facilities.R         AN:*{pub} PT:*{pub} DR:*{pub} RC:*{pub},fac SA:*{pub},fac AD:* TB:*{pub}
facilities.C         AD:*
facilities.U         SA:fac{phone,address} AD:*
facilities.D         AD:*{unreferenced}
doctor_facilities.R  PT:*{pub} DR:own,fac RC:fac SA:fac AD:*
doctor_facilities.C  SA:fac AD:*
doctor_facilities.U  SA:fac AD:*
doctor_facilities.D  SA:fac AD:*
doctor_schedules.R   PT:*{free_busy} DR:own,fac RC:fac SA:fac AD:*
doctor_schedules.C   DR:own SA:fac AD:*
doctor_schedules.U   DR:own SA:fac AD:*
doctor_schedules.D   DR:own SA:fac AD:*
appointments.R       PT:own DR:own,bg RC:fac{nonotes} SA:fac{nonotes} AD:bg
appointments.C       PT:own DR:own RC:fac SA:fac
appointments.U       PT:own{cancel,reschedule} DR:own{status,notes} RC:fac{time,status} SA:fac{time,status}
appointments.D
ambulances.R         PT:asg{position,eta,plate_number} DR:fac{status,eta} RC:fac{inbound: status,eta} SA:fac{inbound: status,eta} DP:* SV:* AD:* TB:own
ambulances.C         SV:* AD:*
ambulances.U         DP:*{status} SV:* AD:* TB:own{duty,driver_name}
ambulances.D         AD:*{unreferenced}
ambulance_requests.R PT:own DR:fac{inbound} RC:fac{inbound} SA:fac{inbound} DP:* SV:* AD:* TB:asg
ambulance_requests.C PT:own RC:* SA:* DP:* SV:* AD:*
ambulance_requests.U PT:own{cancel while open} DP:*{assign,stage,priority,patient,pickup_location,destination,notes} SV:*{also corrections of times} AD:*{also corrections of times} TB:asg{stage forward only,destination}
ambulance_requests.D
physio_sessions.R    PT:own DR:care,bg RC:fac{time,status} SA:fac{time,status} AD:bg PX:bound{id,joint,targets}
physio_sessions.C    DR:care RC:fac{time,patient,therapist,device} SA:fac{time,patient,therapist,device} PT:own{from own active plan}
physio_sessions.U    PT:own{start,stop,cancel,pain} DR:own{status,notes,targets} RC:fac{time,device before start} SA:fac{time,device before start} PX:bound{start,stop}
physio_sessions.D
joint_motion_logs.R  PT:own DR:care,bg AD:bg
joint_motion_logs.C  PX:bound
joint_motion_logs.U
joint_motion_logs.D
workout_plans.R      PT:own DR:care,bg AD:bg
workout_plans.C      DR:care
workout_plans.U      DR:own
workout_plans.D      DR:own{draft}
plan_exercises.R     PT:par DR:par AD:bg
plan_exercises.C     DR:par
plan_exercises.U     DR:par
plan_exercises.D     DR:par{draft}
rehab_progress.R     PT:own DR:care,bg AD:bg
rehab_progress.C     SY:*
rehab_progress.U     SY:*
rehab_progress.D
transactions.R       PT:own RC:fac SA:fac AD:*
transactions.C       SY:*
transactions.U.refund SA:fac AD:*
transactions.D
messages.R           PT:part DR:part RC:part SA:part AD:part
messages.C           PT:own{to care doctor, staff of a related facility} DR:own{to care patient, staff of own facility} RC:own{to facpt, fac staff, fac doctor} SA:own{to facpt, fac staff, fac doctor} AD:own{to staff}
messages.U           PT:part{read, recipient} DR:part{read, recipient} RC:part{read, recipient} SA:part{read, recipient} AD:part{read, recipient}
messages.D
notifications.R      PT:own DR:own RC:own SA:own AD:own
notifications.C      SY:*
notifications.U      PT:own{read} DR:own{read} RC:own{read} SA:own{read} AD:own{read}
notifications.D      PT:own DR:own RC:own SA:own AD:own
live.fleet           DP:* SV:* AD:*
live.ambulance       PT:asg DR:fac{inbound} RC:fac{inbound} SA:fac{inbound} DP:* SV:* AD:* TB:own
live.dispatch        DP:* SV:* AD:*
live.request         PT:own DP:* SV:* AD:* TB:asg
live.physio          PT:own DR:care AD:bg
live.inbox           PT:own DR:own RC:own SA:own AD:own
live.command         TB:own PX:own
uplink.fixes         TB:own
uplink.motion        PX:bound
audit_log.R          AD:*
devices.*            SA:fac SV:*{tablets} AD:*
devices.bind         DR:care{physio device to own patient} SA:fac AD:*
sessions.*           PT:own DR:own RC:own SA:own AD:*{list,revoke}
metrics              (separate listener, loopback or token)
positions.R          DP:* SV:* AD:*
alarms.R             DP:* SV:* AD:*
alarms.U             DP:* SV:* AD:*
live.alarms          DP:* SV:* AD:*
nearest.R            DP:* SV:* AD:*
map.R                PT:* DR:* RC:* SA:* DP:* SV:* AD:* TB:own
sessions.C           AN:*{with a password, or a refresh token}
activations.C        AN:*{with a one-use link}
devices.claim        AN:*{with a one-use code}
ws_tickets.C         PT:own{live} DR:own{live} RC:own{live} SA:own{live} DP:own{live} SV:own{live} AD:own{live} TB:own{device} PX:own{device}
sockets.live         PT:own DR:own RC:own SA:own DP:own SV:own AD:own TB:own
sockets.device       TB:own PX:own
openapi.R            AN:*
health.R             AN:*
pages.R              AN:*
users.invite         SA:fac{receptionist only} AD:*{never self}
users.pseudonymise   AD:*{never self, never the last admin}
registrations.C      AN:*{patient only}
password_resets.C    AN:*{by e-mail, where it is configured}
break_glass.R        DR:own AD:*
break_glass.C        DR:own{a reason, at most 60 min} AD:own{a reason, at most 60 min}
record_accesses.R    PT:own
totp.*               DR:own RC:own SA:own AD:own
totp.bypass          SA:fac SV:fac AD:*{never self}
totp.C               AN:*{with a password}
dispatch.R           DP:* SV:* AD:*
dispatch_decisions.R DP:* SV:* AD:*
dispatch_alerts.R    DP:* SV:* AD:*
dispatch_alerts.U    DP:* SV:* AD:*
dispatch_reports.R   DP:* SV:* AD:*
assignments.R        DP:* SV:* AD:* TB:asg
assignments.C        DP:* SV:* AD:*
assignments.U        DP:* SV:* AD:* TB:asg{stage forward only}
assignments.U.times  SV:* AD:*
paper_calls.C        DP:* SV:* AD:*
crew_reports.C       TB:own
crew_messages.R      DP:* SV:* AD:*
crew_messages.C      DP:* SV:* AD:*
crew_messages.U      DP:* SV:* AD:*
handover_notes.R     DP:* SV:* AD:*
handover_notes.C     DP:* SV:* AD:*
places.R             PT:* RC:* SA:* DP:* SV:* AD:*
trackers.C           AN:*{with a tracker's secret}
physio_sessions.U.calibrate PT:own DR:own PX:bound
exercise_day.R       PT:own
exercise_ticks.R     PT:own DR:care,bg AD:bg
exercise_ticks.C     PT:own{of own active plan}
exercise_ticks.U     PT:own{reps}
exercise_ticks.D
rehab_days.R         PT:own DR:care,bg AD:bg
"""
