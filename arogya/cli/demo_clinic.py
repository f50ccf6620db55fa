"""The demonstration's clinic: made-up people who can sign in too, with the password of the other logins."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from storage.demo_clinic import (
    DemoAppointment,
    DemoClinic,
    DemoDesk,
    DemoDoctor,
    DemoMessage,
    DemoNotification,
    DemoPatient,
    DemoPayment,
    DemoPhysio,
    DemoPlan,
    DemoSensor,
    DemoWindow,
)

HOSPITAL, TRAUMA, PHYSIO = "Arogya General Hospital", "Lakeside Trauma Centre", "Arogya Physiotherapy Clinic"
PRIYA, DINESH, RADHA = "patient@arogya.example", "doctor@arogya.example", "reception@arogya.example"
MEERA, KABIR = "meera@arogya.example", "kabir@arogya.example"
ARJUN, LAKSHMI, ZOYA = "arjun@arogya.example", "lakshmi@arogya.example", "zoya@arogya.example"
VIKRAM, NEHA = "vikram@arogya.example", "neha@arogya.example"
KNEE, SHOULDER = "right_knee_flexion", "left_shoulder_flexion"
WORKDAYS = (1, 2, 3, 4, 5)

CLINIC = DemoClinic(
    patients=(
        DemoPatient(
            "Priya Patient", PRIYA, "+91 98200 10001", date(1984, 5, 17), "female", "B+", "12 Lotus Lane, Pune"
        ),
        DemoPatient("Arjun Menon", ARJUN, "+91 98200 10002", date(1971, 2, 3), "male", "O+", "4 Station Road, Pune"),
        DemoPatient(
            "Lakshmi Rao", LAKSHMI, "+91 98200 10003", date(1949, 11, 30), "female", "A-", "31 Hill View, Pune"
        ),
        DemoPatient("Zoya Sheikh", ZOYA, "+91 98200 10004", date(2003, 8, 21), "female", None, "8 Canal Street, Pune"),
        DemoPatient("Vikram Joshi", VIKRAM, "+91 98200 10005", date(1990, 1, 9), "male", "AB+", "77 Fort Road, Pune"),
        DemoPatient("Neha Kulkarni", NEHA, "+91 98200 10006", date(1996, 6, 2), "female", "O-", "5 Market Yard, Pune"),
    ),
    doctors=(
        DemoDoctor("Dr Dinesh Doctor", DINESH, "physiotherapy", "DEMO-1", 12),
        DemoDoctor("Dr Meera Iyer", MEERA, "cardiology", "DEMO-2", 21),
        DemoDoctor("Dr Kabir Sethi", KABIR, "orthopaedics", "DEMO-3", 8),
    ),
    desks=(
        DemoDesk("Leela Lakeside", "lakeside@arogya.example", "receptionist", TRAUMA),
        DemoDesk("Pravin Physio", "clinic@arogya.example", "admin", PHYSIO),
    ),
    windows=(
        DemoWindow(DINESH, HOSPITAL, (1, 3, 5), time(9), time(13)),
        DemoWindow(DINESH, PHYSIO, (2, 4), time(10), time(17)),
        DemoWindow(MEERA, HOSPITAL, WORKDAYS, time(10), time(16)),
        DemoWindow(KABIR, TRAUMA, WORKDAYS, time(8), time(12)),
        DemoWindow(KABIR, TRAUMA, (6,), time(20), time(2)),  # ends on Sunday
    ),
    appointments=(
        DemoAppointment(
            PRIYA, DINESH, HOSPITAL, -15, time(9, 30), 30, "completed", "Stiff knee after a fall; plan made."
        ),
        DemoAppointment(PRIYA, MEERA, HOSPITAL, 3, time(11), 30, "scheduled"),
        DemoAppointment(ARJUN, MEERA, HOSPITAL, -40, time(10), 30, "completed", "Blood pressure 150 over 95."),
        DemoAppointment(ARJUN, MEERA, HOSPITAL, 1, time(10, 30), 30, "scheduled"),
        DemoAppointment(LAKSHMI, MEERA, HOSPITAL, 0, time(15), 45, "scheduled"),
        DemoAppointment(LAKSHMI, DINESH, HOSPITAL, -120, time(9), 30, "completed", "Shoulder free again."),
        DemoAppointment(ZOYA, KABIR, TRAUMA, -2, time(8, 30), 20, "missed"),
        DemoAppointment(ZOYA, KABIR, TRAUMA, 5, time(8, 30), 20, "requested"),
        DemoAppointment(VIKRAM, KABIR, TRAUMA, 2, time(9), 30, "scheduled"),
        DemoAppointment(VIKRAM, DINESH, PHYSIO, 6, time(14), 45, "cancelled"),
        DemoAppointment(NEHA, DINESH, PHYSIO, 4, time(11), 45, "scheduled"),
    ),
    plans=(
        DemoPlan(PRIYA, DINESH, KNEE, "Slowly; stop when it hurts.", "Heel slides", 10, 90.0, (1, 3, 5)),
        DemoPlan(NEHA, DINESH, SHOULDER, "Back straight.", "Wall walks", 8, 120.0, (2, 4, 6)),
    ),
    sensors=(DemoSensor("Knee sensor 1", PHYSIO, PRIYA, "IMU-2", KNEE),),
    sessions=(
        DemoPhysio(PRIYA, DINESH, HOSPITAL, -7, time(9), "completed", KNEE, 90.0, "Ten bends, no pain."),
        DemoPhysio(PRIYA, DINESH, HOSPITAL, 2, time(12), "scheduled", KNEE, 95.0),
        DemoPhysio(NEHA, DINESH, PHYSIO, 9, time(15), "scheduled", SHOULDER, 120.0),
    ),
    payments=(
        DemoPayment(PRIYA, Decimal("800.00"), "captured"),
        DemoPayment(ARJUN, Decimal("1200.00"), "captured"),
        DemoPayment(LAKSHMI, Decimal("800.00"), "created"),
    ),
    messages=(
        DemoMessage(PRIYA, DINESH, "The knee is better, but stairs still hurt.", 30),
        DemoMessage(DINESH, PRIYA, "Good. Keep to ten bends, and skip Friday if it swells.", 29),
        DemoMessage(RADHA, PRIYA, "Please bring your insurance card on your next visit.", 3, seen=False),
        DemoMessage(PRIYA, DINESH, "Thank you. May I swim?", 1, seen=False),
    ),
    notifications=(
        DemoNotification(PRIYA, "appointment", "Your appointment in three days is confirmed.", 26),
        DemoNotification(PRIYA, "plan", "An exercise of your plan is due today.", 2),
        DemoNotification(DINESH, "appointment", "A patient cancelled an appointment.", 5),
    ),
)
