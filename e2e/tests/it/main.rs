//! Faults: the program is killed, its database is restarted, its disk fills up. Nothing that was acknowledged may be lost.

mod crash;
mod crash_channels;
mod crash_disk_full;
mod crash_postgres;
mod crash_write_back;
