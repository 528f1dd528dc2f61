"""Journeys through the real binary with real peers. Run all: python3 -m tests.journeys --binary build/release/tocsin [NAME...]"""
