using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>The functions of liblzma that read and write .xz.</summary>
internal static unsafe partial class LibLzma
{
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int OutOfMemory = 5;
    public const int MemoryLimit = 6;
    public const int NoProgress = 10;

    public const int Run = 0;
    public const int Finish = 3;

    public const uint Concatenated = 0x08;
    public const int Crc64 = 4;

    private const string Library = SystemLibrary.LzmaName;

    [LibraryImport(Library, EntryPoint = "lzma_stream_decoder")]
    public static partial int InitDecoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_easy_encoder")]
    public static partial int InitEncoder(LzmaStream* stream, uint preset, int check);

    [LibraryImport(Library, EntryPoint = "lzma_stream_encoder_mt")]
    public static partial int InitEncoder(LzmaStream* stream, in LzmaThreads threads);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    public static partial int Code(LzmaStream* stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    public static partial void End(LzmaStream* stream);
}
