/* The least that a FastCGI service can do: so many processes on one socket, each answering every request with the same few
 * hundred bytes. What `requests` compares Penstock with.     hello SOCKET PROCESSES */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count != 3 || FCGX_Init() != 0) return 64;
    int socket = FCGX_OpenSocket(arguments[1], 1024);
    if (socket < 0) return 71;
    for (int left = atoi(arguments[2]); left > 0; left--) {
        if (fork() != 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        char body[600];
        for (size_t i = 0; i < sizeof body; i++) body[i] = 'x';
        FCGX_Request request;
        FCGX_InitRequest(&request, socket, 0);
        while (FCGX_Accept_r(&request) == 0) {
            FCGX_FPrintF(request.out, "Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n", (int)sizeof body);
            FCGX_PutStr(body, sizeof body, request.out);
            FCGX_Finish_r(&request);
        }
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    return 0;
}
