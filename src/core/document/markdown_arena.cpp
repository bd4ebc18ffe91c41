#include "core/document/markdown_arena.hpp"

#include <cstdlib>

namespace policies::core {

namespace {

/// cmark-gfm's allocators get no state of ours. Only set while a text is being read.
constinit thread_local MarkdownArena* current = nullptr;

} // namespace

/// Before the bytes that are handed out. The guard is zero: cmark-gfm 0.29.0.gfm.6 reads up to eight bytes
/// before the beginning of a text (CVE-2023-22485), and must find neither a protocol nor foreign memory
/// there.
struct alignas(std::max_align_t) MarkdownArena::Block {
    Block* previous;
    Block* next;
    std::size_t size;
    unsigned char guard[8];

    static Block* of(void* bytes) {
        static_assert(offsetof(Block, guard) + sizeof(guard) == sizeof(Block));
        return static_cast<Block*>(bytes) - 1;
    }
};

MarkdownArena::MarkdownArena() : outer_(current) {
    current = this;
}

MarkdownArena::~MarkdownArena() {
    current = outer_;
    while (first_ != nullptr) {
        Block* block = first_;
        first_ = block->next;
        std::free(block);
    }
}

cmark_mem* MarkdownArena::allocator() {
    static constexpr cmark_mem functions{allocate, reallocate, release};
    return const_cast<cmark_mem*>(&functions); // cmark-gfm never writes it
}

void* MarkdownArena::allocate(std::size_t count, std::size_t size) {
    MarkdownArena& arena = *current;
    if (size != 0 && count > max_markdown_memory / size) {
        arena.leave();
    }
    arena.take(sizeof(Block) + count * size);
    auto* block = static_cast<Block*>(std::calloc(1, sizeof(Block) + count * size));
    if (block == nullptr) {
        arena.leave();
    }
    block->size = count * size;
    block->next = arena.first_;
    arena.link(block);
    return block + 1;
}

void* MarkdownArena::reallocate(void* bytes, std::size_t size) {
    if (bytes == nullptr) {
        return allocate(1, size);
    }
    MarkdownArena& arena = *current;
    Block* old = Block::of(bytes);
    if (size > old->size) {
        arena.take(size - old->size);
    } else {
        arena.used_ -= old->size - size;
    }
    auto* block = static_cast<Block*>(std::realloc(old, sizeof(Block) + size));
    if (block == nullptr) {
        arena.leave();
    }
    block->size = size;
    arena.link(block);
    return block + 1;
}

void MarkdownArena::release(void* bytes) {
    if (bytes == nullptr) {
        return;
    }
    MarkdownArena& arena = *current;
    Block* block = Block::of(bytes);
    arena.used_ -= sizeof(Block) + block->size;
    if (block->next != nullptr) {
        block->next->previous = block->previous;
    }
    (block->previous != nullptr ? block->previous->next : arena.first_) = block->next;
    std::free(block);
}

/// Has the neighbours point to a block, which knows them.
void MarkdownArena::link(Block* block) {
    if (block->next != nullptr) {
        block->next->previous = block;
    }
    (block->previous != nullptr ? block->previous->next : first_) = block;
}

void MarkdownArena::take(std::size_t size) {
    if (size > max_markdown_memory - used_) {
        leave();
    }
    used_ += size;
}

void MarkdownArena::leave() {
    std::longjmp(exhausted_, 1);
}

} // namespace policies::core
