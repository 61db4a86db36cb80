// libfcgi's application library. `NO_FCGI_DEFINES` is not needed: only fcgiapp.h is included, never
// fcgi_stdio.h, which would replace stdio by macros.
#include <fcgiapp.h>
#include <fcgios.h>
