using NixSharp.Closures;

namespace NixSharp.Images.Contents;

/// <summary>Authorities that programs of the image trust, where OpenSSL, GnuTLS, Go and .NET look for them.</summary>
internal static class CertificateFiles
{
    /// <summary>Where the bundle is.</summary>
    public const string Bundle = "/etc/ssl/certs/ca-certificates.crt";

    private static readonly string[] Aliases = ["/etc/ssl/certs/ca-bundle.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

    private static readonly string[] InPackages = ["etc/ssl/certs/ca-bundle.crt", "etc/ssl/certs/ca-certificates.crt"];

    private static readonly string[] OnHosts = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    public static IEnumerable<ImageFile> Make(Closure closure, ImageOptions options)
    {
        if (options.Certificates is not { } wanted)
        {
            yield break;
        }

        yield return OutsideFile.Place(closure, Bundle, wanted == ImageOptions.FromHost ? FindOnHost() : FindIn(closure, wanted));
        foreach (var alias in Aliases)
        {
            yield return ImageFile.Symlink(alias, Bundle);
        }
    }

    private static string FindOnHost() => OnHosts.FirstOrDefault(File.Exists)
        ?? throw Missing("This machine has no bundle of certificates in any of the usual places. Install its ca-certificates, or give a file or a store path that has one");

    private static string FindIn(Closure closure, string path)
    {
        var real = OutsideFile.RealPathOf(closure, path);
        return File.Exists(real) ? path
            : InPackages.FirstOrDefault(name => File.Exists(Path.Combine(real, name))) is { } name ? $"{path.TrimEnd('/')}/{name}"
            : throw Missing($"'{path}' is neither a bundle of certificates nor a package with one. Give a PEM file, a store path such as that of cacert, or '{ImageOptions.FromHost}'");
    }

    private static ImageException Missing(string why) => new(NixErrorCodes.ImageContentsMissing, $"{why}.");
}
