using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NixSharp.Building;

/// <summary>
/// A program of some 200 bytes that runs another one under a name of its own, which <c>bubblewrap</c> before 0.9 cannot:
/// <c>starter PROGRAM NAME ARGUMENT...</c>. It deletes its own file first, so that a builder never sees it, closes all files
/// but standard input, output and error, and has no signal ignored, as the runtime of .NET ignores SIGPIPE.
/// </summary>
internal static class ProgramStarter
{
    private const ulong Base = 0x400000;
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;

    private static readonly byte[] Code =
    [
        0x48, 0x89, 0xe5, // mov rbp, rsp
        0x48, 0x8b, 0x7d, 0x08, // mov rdi, [rbp+8]
        0xb8, 0x57, 0x00, 0x00, 0x00, // mov eax, 87 (unlink)
        0x0f, 0x05, // syscall
        0xbf, 0x03, 0x00, 0x00, 0x00, // mov edi, 3
        0xbe, 0xff, 0xff, 0xff, 0xff, // mov esi, -1
        0x31, 0xd2, // xor edx, edx
        0xb8, 0xb4, 0x01, 0x00, 0x00, // mov eax, 436 (close_range)
        0x0f, 0x05, // syscall
        0x31, 0xc0, // xor eax, eax
        0x50, 0x50, 0x50, 0x50, // push rax, four times
        0xbb, 0x1f, 0x00, 0x00, 0x00, // mov ebx, 31
        0x89, 0xdf, // again: mov edi, ebx
        0x48, 0x89, 0xe6, // mov rsi, rsp
        0x31, 0xd2, // xor edx, edx
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00, // mov r10d, 8
        0xb8, 0x0d, 0x00, 0x00, 0x00, // mov eax, 13 (rt_sigaction)
        0x0f, 0x05, // syscall
        0xff, 0xcb, // dec ebx
        0x75, 0xe8, // jnz again
        0x48, 0x8b, 0x7d, 0x10, // mov rdi, [rbp+16]
        0x48, 0x8d, 0x75, 0x18, // lea rsi, [rbp+24]
        0x48, 0x8b, 0x45, 0x00, // mov rax, [rbp]
        0x48, 0x8d, 0x54, 0xc5, 0x10, // lea rdx, [rbp+8*rax+16]
        0xb8, 0x3b, 0x00, 0x00, 0x00, // mov eax, 59 (execve)
        0x0f, 0x05, // syscall
        0xbf, 0x7f, 0x00, 0x00, 0x00, // mov edi, 127
        0xb8, 0x3c, 0x00, 0x00, 0x00, // mov eax, 60 (exit)
        0x0f, 0x05, // syscall
    ];

    /// <summary>Whether there is one for this machine's processor.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Writes the program's file, which may be executed.</summary>
    public static void Write(string path)
    {
        File.WriteAllBytes(path, MakeExecutable());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>An ELF file of one segment, whose first instruction follows the headers.</summary>
    private static byte[] MakeExecutable()
    {
        var file = new byte[HeaderSize + SegmentSize + Code.Length];
        byte[] identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];
        identification.CopyTo(file, 0);
        var header = file.AsSpan();
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Base + HeaderSize + SegmentSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 1);

        var segment = header[HeaderSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        Code.CopyTo(segment[SegmentSize..]);
        return file;
    }
}
