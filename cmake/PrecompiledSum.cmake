# Run by cmake -P (cmake/Precompiled.cmake): puts the precompiled header PCH at TO and the hash of TEXT and FLAGS beside it.
# Neither may hold a path of the tree: the checksum is what clones have in common.
file(COPY_FILE ${PCH} ${TO})
file(SHA256 ${TEXT} text)
string(SHA256 sum "${text} ${FLAGS}")
file(WRITE ${TO}.sum "${sum}\n")
