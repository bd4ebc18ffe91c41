#pragma once

#include <libical/ical.h>

/// What the core asks of libical: to read single values. Its parser of whole texts is not used, since in 3.0
/// it reads the time zone database's zone.tab at the first "Z", ends value lists after 500 values, and copies
/// bytes of properties that mean nothing here into buffers of fixed size.
namespace policies::core {

/// For its lifetime, libical reports errors instead of aborting the process, as it does by default in some
/// builds.
class LibicalErrors {
public:
    LibicalErrors() : were_fatal_(icalerror_get_errors_are_fatal()) { icalerror_set_errors_are_fatal(0); }

    ~LibicalErrors() { icalerror_set_errors_are_fatal(were_fatal_); }

    LibicalErrors(const LibicalErrors&) = delete;
    LibicalErrors& operator=(const LibicalErrors&) = delete;

private:
    int were_fatal_;
};

} // namespace policies::core
