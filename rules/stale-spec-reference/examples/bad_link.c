#define RMI_ABI_MAJOR_VERSION	(2)
#define RMI_ABI_MINOR_VERSION	(0)

// From version 2.0-bet1 of DEN0137, see
// <https://developer.arm.com/documentation/den0137/1-0eac5/> /* expect: stale-spec-reference */
