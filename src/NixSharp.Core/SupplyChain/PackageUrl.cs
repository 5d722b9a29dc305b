using NixSharp.StorePaths;

namespace NixSharp.SupplyChain;

/// <summary>Package URLs (<c>pkg:TYPE/NAME@VERSION?QUALIFIERS</c>).</summary>
internal static class PackageUrl
{
    public static string Nix(PackageName package, string output)
    {
        var version = package.Version is null ? "" : $"@{Uri.EscapeDataString(package.Version)}";
        var qualifier = output == "out" ? "" : $"?output={Uri.EscapeDataString(output)}";
        return $"pkg:nix/{Uri.EscapeDataString(package.Name)}{version}{qualifier}";
    }

    public static string Oci(ImageSubject image)
    {
        var name = image.Name[(image.Name.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return $"pkg:oci/{Uri.EscapeDataString(name)}@{Uri.EscapeDataString(image.Digest.ToString())}?repository_url={Uri.EscapeDataString(image.Name.ToLowerInvariant())}";
    }
}
