using System.Runtime.InteropServices;

namespace NixSharp.Derivations;

/// <summary>Systems, in Nix's words: a processor and a kernel.</summary>
public static class NixSystem
{
    /// <summary>This machine's: <c>x86_64-linux</c>.</summary>
    public static string Current { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        Architecture.Arm => "armv7l",
        Architecture.Ppc64le => "powerpc64le",
        var other => other.ToString().ToLowerInvariant(),
    } + (OperatingSystem.IsMacOS() ? "-darwin" : "-linux");
}
