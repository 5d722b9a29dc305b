using NixSharp.Compression;
using NixSharp.Nar;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Downloads one file: Nix's <c>builtin:fetchurl</c>.</summary>
internal sealed class UrlFetcher(BuildLog log)
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary><c>http</c>, <c>https</c> or <c>file</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Whether the file is a NAR, and what is in it is wanted.</summary>
    public bool Unpack { get; init; }

    /// <summary>Whether the file is made executable.</summary>
    public bool Executable { get; init; }

    /// <summary>Downloads to <paramref name="target"/>.</summary>
    /// <exception cref="BuildFailure">The URL cannot be read, or the download failed.</exception>
    public async Task FetchAsync(string target, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "file"))
        {
            throw BuildFailure.Rejected($"'{Url}' is not a URL of http, https or file.");
        }

        log.WriteLine($"downloading '{uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped)}'");
        try
        {
            var input = await OpenAsync(uri, cancellationToken).ConfigureAwait(false);
            await using (input.ConfigureAwait(false))
            {
                await WriteAsync(input, target, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new BuildFailure(BuildStatus.TransientFailure, $"the download of {Url} failed: {error.Message}", error);
        }
        catch (NixFormatException error)
        {
            throw new BuildFailure(BuildStatus.PermanentFailure, $"what was downloaded from {Url} cannot be unpacked: {error.Message}", error);
        }
    }

    private static async Task<Stream> OpenAsync(Uri uri, CancellationToken cancellationToken)
    {
        if (uri.IsFile)
        {
            return new FileStream(uri.LocalPath, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true);
        }

        var response = await Client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream input, string target, CancellationToken cancellationToken)
    {
        if (Unpack)
        {
            var compression = Url.EndsWith(".xz", StringComparison.Ordinal) ? NarCompression.Xz : NarCompression.None;
            var nar = new BufferedStream(compression.OpenRead(input, leaveOpen: true), 64 * 1024);
            await using (nar.ConfigureAwait(false))
            {
                await NarArchive.UnpackAsync(nar, target, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, useAsync: true);
        await using (output.ConfigureAwait(false))
        {
            await input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }

        if (Executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, File.GetUnixFileMode(target) | UnixFileMode.UserExecute);
        }
    }
}
