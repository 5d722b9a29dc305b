using System.Runtime.InteropServices;

namespace NixSharp.Images;

/// <summary>This machine by the names of Go's <c>GOARCH</c>, which images use.</summary>
internal static class GoPlatform
{
    public static string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.Armv6 => "arm",
        var other => other.ToString().ToLowerInvariant(),
    };
}
