using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NixSharp.Images;

/// <summary>
/// Where an image is on disk, written as skopeo does: <c>oci:FOLDER[:REFERENCE]</c>, <c>oci-archive:FILE[:REFERENCE]</c>,
/// <c>docker-archive:FILE[:NAME[:TAG]]</c>; and descriptions of images, which can only be read: nix2container's
/// <c>nix:FILE</c>, and <c>stream:FILE</c> of nixpkgs' streamLayeredImage. The path ends at the first colon, but for a
/// drive letter's on Windows.
/// </summary>
public sealed partial record ImageLocation
{
    private const string Forms = "Give oci:FOLDER[:REFERENCE], oci-archive:FILE[:REFERENCE] or docker-archive:FILE[:NAME:TAG]; to read, also nix:FILE or stream:FILE.";

    /// <summary>Names a place.</summary>
    /// <exception cref="ImageException">The path is empty, or the reference is not one.</exception>
    public ImageLocation(ImageTransport transport, string path, string? reference = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (WhyNot(transport, path, reference) is { } why)
        {
            throw new ImageException(NixErrorCodes.InvalidImageLocation, $"'{path}' with the reference '{reference}' is not the place of an image: {why}. {Forms}");
        }

        Transport = transport;
        Path = path;
        Reference = reference;
    }

    /// <summary>The form of the image.</summary>
    public ImageTransport Transport { get; }

    /// <summary>The folder or file.</summary>
    public string Path { get; }

    /// <summary>
    /// Which image in it: of an OCI layout the annotation <c>org.opencontainers.image.ref.name</c>, of a docker archive
    /// the name and tag. Null where there is only one, or where it should have no name.
    /// </summary>
    public string? Reference { get; }

    /// <summary>Whether what is there only describes an image, whose layers are made from a store.</summary>
    public bool IsDescription => Transport is ImageTransport.Nix or ImageTransport.Stream;

    /// <summary>Reads a place.</summary>
    /// <exception cref="ImageException">The text names no place.</exception>
    public static ImageLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var location)
            ? location
            : throw new ImageException(NixErrorCodes.InvalidImageLocation, $"'{text}' is not the place of an image on disk. {Forms}");
    }

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageLocation? location)
    {
        location = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0)
        {
            return false;
        }

        ImageTransport? transport = text![..colon] switch
        {
            "oci" => ImageTransport.Oci,
            "oci-archive" => ImageTransport.OciArchive,
            "docker-archive" => ImageTransport.DockerArchive,
            "nix" => ImageTransport.Nix,
            "stream" => ImageTransport.Stream,
            _ => null,
        };
        var rest = text[(colon + 1)..];
        var drive = OperatingSystem.IsWindows() && rest.Length > 2 && rest[1] == ':' && char.IsAsciiLetter(rest[0]) ? 2 : 0;
        var end = rest.IndexOf(':', drive);
        var path = end < 0 ? rest : rest[..end];
        var reference = end < 0 ? null : rest[(end + 1)..];
        if (transport is not { } known || WhyNot(known, path, reference) is not null)
        {
            return false;
        }

        location = new ImageLocation(known, path, reference);
        return true;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var transport = Transport switch
        {
            ImageTransport.Oci => "oci",
            ImageTransport.OciArchive => "oci-archive",
            ImageTransport.Nix => "nix",
            ImageTransport.Stream => "stream",
            _ => "docker-archive",
        };
        return Reference is null ? $"{transport}:{Path}" : $"{transport}:{Path}:{Reference}";
    }

    private static string? WhyNot(ImageTransport transport, string path, string? reference)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            return "the path is empty or contains a NUL";
        }

        if (reference is null)
        {
            return null;
        }

        if (transport is ImageTransport.Nix or ImageTransport.Stream)
        {
            return "a description has no reference";
        }

        return transport == ImageTransport.DockerArchive
            ? NameAndTag().IsMatch(reference) ? null : "the reference is no NAME[:TAG] in lower case, such as hello:1.0"
            : ReferenceName().IsMatch(reference) ? null : "the reference may have letters, digits and - . _ : @ / + between them";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]+(?:(?:--|[-._:@/+])[A-Za-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ReferenceName();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9.-]+(?::[0-9]{1,5})?/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+|/)[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameAndTag();
}
