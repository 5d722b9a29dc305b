using System.Runtime.InteropServices;

namespace NixSharp.Csi;

/// <summary>The system of this node, in Nix's words.</summary>
internal static class NodeSystem
{
    public static string Name { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        Architecture.Arm => "armv7l",
        Architecture.Ppc64le => "powerpc64le",
        var other => other.ToString().ToLowerInvariant(),
    } + "-linux";
}
