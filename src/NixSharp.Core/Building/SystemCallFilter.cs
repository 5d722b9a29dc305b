using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NixSharp.Building;

/// <summary>
/// The system calls that builders may not make, as a program for the kernel's seccomp: none may give a file the
/// set-user-id or set-group-id bit (refused with EPERM), or extended attributes (ENOTSUP). Nix has the same filter.
/// </summary>
internal static class SystemCallFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAnySet = 0x45;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050000 + 1;
    private const uint NotSupported = 0x00050000 + 95;
    private const uint SetIdBits = 0xc00;

    // Where the kernel's struct seccomp_data has the call's number, the architecture, and the arguments' lower halves.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;

    private static readonly Calls X64 = new(0xc000003e, [(90, 1), (91, 1), (268, 2), (452, 2)], [188, 189, 190, 463]);
    private static readonly Calls X86 = new(0x40000003, [(15, 1), (94, 1), (306, 2), (452, 2)], [226, 227, 228, 463]);
    private static readonly Calls Arm64 = new(0xc00000b7, [(52, 1), (53, 2), (452, 2)], [5, 6, 7, 463]);

    /// <summary>The filter for this machine, as an array of <c>struct sock_filter</c>; empty where there is none for its processor.</summary>
    public static byte[] Make() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => Make([X64, X86]),
        Architecture.Arm64 => Make([Arm64]),
        _ => [],
    };

    private static byte[] Make(IReadOnlyList<Calls> architectures)
    {
        var program = new List<Instruction>();
        foreach (var calls in architectures)
        {
            var part = For(calls);
            program.Add(new(LoadWord, 0, 0, ArchitectureOffset));
            program.Add(new(JumpIfEqual, 0, (byte)part.Count, calls.Architecture));
            program.AddRange(part);
        }

        program.Add(new(Return, 0, 0, Allow));
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            at[2] = program[i].IfTrue;
            at[3] = program[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].Operand);
        }

        return bytes;
    }

    private static List<Instruction> For(Calls calls)
    {
        var part = new List<Instruction> { new(LoadWord, 0, 0, NumberOffset) };
        if (calls.Architecture == X64.Architecture)
        {
            // The x32 form of a call has the same number with this bit set.
            part.Add(new(And, 0, 0, ~0x40000000u));
        }

        foreach (var number in calls.SetAttribute)
        {
            part.Add(new(JumpIfEqual, 0, 1, number));
            part.Add(new(Return, 0, 0, NotSupported));
        }

        foreach (var (number, argument) in calls.ChangeMode)
        {
            part.Add(new(JumpIfEqual, 0, 4, number));
            part.Add(new(LoadWord, 0, 0, ArgumentsOffset + (8 * argument)));
            part.Add(new(JumpIfAnySet, 0, 1, SetIdBits));
            part.Add(new(Return, 0, 0, NotPermitted));
            part.Add(new(Return, 0, 0, Allow));
        }

        part.Add(new(Return, 0, 0, Allow));
        return part;
    }

    private sealed record Calls(uint Architecture, IReadOnlyList<(uint Number, uint Argument)> ChangeMode, IReadOnlyList<uint> SetAttribute);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);
}
