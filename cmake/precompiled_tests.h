// The same for tests (cmake/Precompiled.cmake).
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled_rooms.h"
