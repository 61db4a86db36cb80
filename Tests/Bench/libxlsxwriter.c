// What somebody who knows libxlsxwriter would write for a large export: COPY text from libpq, one typed cell after the other,
// rows flushed as they go (constant_memory). Goes on to a next sheet when one is full, as Penstock does.
//
//     libxlsxwriter CONNINFO QUERY KINDS FILE      KINDS: a letter a column: n number, t text, d timestamp, b boolean
//     cc -O2 libxlsxwriter.c -o libxlsxwriter $(pkg-config --cflags --libs libpq xlsxwriter)
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { rows_per_sheet = 1048575 };

// In place: COPY's escapes only ever get shorter.
static void unescape(char *text) {
    char *out = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *out++ = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text == 'r' ? '\r' : *text;
        } else {
            *out++ = *text;
        }
    }
    *out = 0;
}

static void write_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, char kind, char *text, lxw_format *date) {
    if (strcmp(text, "\\N") == 0) return;
    if (kind == 'n') {
        worksheet_write_number(sheet, row, column, strtod(text, NULL), NULL);
    } else if (kind == 'b') {
        worksheet_write_boolean(sheet, row, column, *text == 't', NULL);
    } else if (kind == 'd') {
        lxw_datetime time = {0};
        sscanf(text, "%d-%d-%d %d:%d:%lf", &time.year, &time.month, &time.day, &time.hour, &time.min, &time.sec);
        worksheet_write_datetime(sheet, row, column, &time, date);
    } else {
        if (strchr(text, '\\')) unescape(text);
        worksheet_write_string(sheet, row, column, text, NULL);
    }
}

int main(int count, char **arguments) {
    if (count != 5) return 64;
    const char *kinds = arguments[3];
    PGconn *connection = PQconnectdb(arguments[1]);
    size_t length = strlen(arguments[2]) + 64;
    char *copy = malloc(length);
    snprintf(copy, length, "copy (%s) to stdout", arguments[2]);
    PGresult *result = PQexec(connection, copy);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        return 1;
    }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *workbook = workbook_new_opt(arguments[4], &options);
    lxw_format *bold = workbook_add_format(workbook), *date = workbook_add_format(workbook);
    format_set_bold(bold);
    format_set_num_format(date, "yyyy-mm-dd hh:mm:ss");
    lxw_worksheet *sheet = NULL;
    lxw_row_t row = rows_per_sheet + 1;
    char *line;
    int bytes;
    while ((bytes = PQgetCopyData(connection, &line, 0)) > 0) {
        if (row > rows_per_sheet) {
            sheet = workbook_add_worksheet(workbook, NULL);
            worksheet_freeze_panes(sheet, 1, 0);
            for (lxw_col_t column = 0; kinds[column]; column++) {
                char name[32];
                snprintf(name, sizeof name, "column %d", column + 1);
                worksheet_write_string(sheet, 0, column, name, bold);
            }
            row = 1;
        }
        line[bytes - 1] = 0;
        char *rest = line, *field;
        for (lxw_col_t column = 0; (field = strsep(&rest, "\t")) && kinds[column]; column++)
            write_cell(sheet, row, column, kinds[column], field, date);
        row++;
        PQfreemem(line);
    }
    if (bytes != -1) return 1;
    return workbook_close(workbook) == LXW_NO_ERROR ? 0 : 1;
}
