#pragma once

/*
 * Enrolment: a deployment package becomes an identity
 *
 * Prints to people what happened and what to do about it. Returns the program's exit code: 0
 * enrolled, 1 refused (the package, or by the server), 2 usage, 3 the server cannot be reached.
 */
int enrol_run(const char *package_path, const char *directory);
