#include "CInspectorChannel.h"
