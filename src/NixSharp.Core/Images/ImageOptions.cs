using System.Globalization;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>How an image is made from a closure, and how its containers run.</summary>
public sealed record ImageOptions
{
    /// <summary>Says that certificates or time zones are this machine's.</summary>
    public const string FromHost = "host";

    /// <summary>The most layers that container runtimes on Linux can stack.</summary>
    public const int MaxLayersLimit = 127;

    /// <summary>
    /// The image below: its layers come first, and how its containers run is taken over as <c>docker build</c> does it.
    /// Variables, labels, ports and volumes are added to, what else is set here takes the place of the base's, and an
    /// <see cref="Entrypoint"/> that of its command too. It has to stay open as long as the image is used.
    /// </summary>
    public ContainerImage? Base { get; init; }

    /// <summary>Whether disposing the image disposes its base too.</summary>
    public bool OwnsBase { get; init; }

    /// <summary>How much of the base image's layers is read, where something is placed into its folders.</summary>
    public ImageLimits BaseLimits { get; init; } = new();

    /// <summary>The program that containers run, with its first arguments.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The arguments that follow, unless whoever starts a container gives others.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment variables, in the order in which they are written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Who runs the program: <c>user</c>, <c>uid</c>, <c>user:group</c> or <c>uid:gid</c>.</summary>
    public string? User { get; init; }

    /// <summary>The folder that the program starts in.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Labels, by their keys.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Ports that the program listens on: <c>8080</c>, <c>8080/tcp</c>, <c>53/udp</c>, <c>9/sctp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Folders that hold data, which containers should mount volumes on.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>The signal that asks the program to end: <c>SIGTERM</c>, <c>SIGRTMIN+3</c>, <c>15</c>.</summary>
    public string? StopSignal { get; init; }

    /// <summary>How a container runtime finds out whether a container is well.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>The processor, by Go's name; this machine's by default. A base image has to be for the same.</summary>
    public string Architecture { get; init; } = GoPlatform.Architecture;

    /// <summary>Which kind of that processor, such as <c>v7</c>.</summary>
    public string? Variant { get; init; }

    /// <summary>The operating system, by Go's name.</summary>
    public string OperatingSystem { get; init; } = "linux";

    /// <summary>Who made the image.</summary>
    public string? Author { get; init; }

    /// <summary>
    /// When the image was made, to the second. A constant by default, one second after 1970 began as for everything in
    /// a store, because another time is another digest.
    /// </summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch.AddSeconds(1);

    /// <summary>Reads a time for <see cref="Created"/>: of ISO 8601, or <c>now</c>.</summary>
    /// <exception cref="ImageException">The text is none.</exception>
    public static DateTimeOffset ParseCreated(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text == "now" ? DateTimeOffset.UtcNow
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a time. Give one such as 2026-01-31T12:00:00Z, or 'now'.");
    }

    /// <summary>Annotations of the manifest. Those that name the base image are added.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The most layers, those of the base image, of files and of the database included; up to 127.</summary>
    public int MaxLayers { get; init; } = 100;

    /// <summary>Which store paths share a layer.</summary>
    public ILayering Layering { get; init; } = Images.Layering.Automatic;

    /// <summary>What is placed into the image beside the store; in a layer on top, together with all that follows here.</summary>
    public IReadOnlyList<ImageFile> Files { get; init; } = [];

    /// <summary>
    /// Store paths of the closure whose files appear in the root: <c>/bin/hello</c> is a symlink to a package's
    /// <c>bin/hello</c>. Of several that have the same file, the first gives it.
    /// </summary>
    public IReadOnlyList<StorePath> RootLinks { get; init; } = [];

    /// <summary>
    /// Users in <c>/etc/passwd</c>, besides the base image's; without one, <c>root</c> and <c>nobody</c> are added.
    /// </summary>
    public IReadOnlyList<ImageUser> Users { get; init; } = [];

    /// <summary>Groups in <c>/etc/group</c>, besides the base image's and those of <see cref="Users"/>.</summary>
    public IReadOnlyList<ImageGroup> Groups { get; init; } = [];

    /// <summary>Whether there are <c>/tmp</c> and <c>/var/tmp</c>, in which everybody may write (mode 01777).</summary>
    public bool HasTemporaryFolders { get; init; }

    /// <summary>
    /// Authorities that programs trust: a PEM file, a package that has one, such as nixpkgs' cacert, or
    /// <see cref="FromHost"/>. What is in the closure is linked to, anything else copied. They are in
    /// <c>/etc/ssl/certs/ca-certificates.crt</c>, to which <c>SSL_CERT_FILE</c> is set unless it is given.
    /// </summary>
    public string? Certificates { get; init; }

    /// <summary>
    /// Time zones, in <c>/usr/share/zoneinfo</c>: a folder of them, a package that has one, such as nixpkgs' tzdata, or
    /// <see cref="FromHost"/>.
    /// </summary>
    public string? TimeZones { get; init; }

    /// <summary>
    /// Whether Nix's database of the closure is in the image, in a layer of its own, so that a Nix in a container can
    /// use the store paths, add to them and collect them. It takes the place of one that the base image has.
    /// </summary>
    public bool HasDatabase { get; init; }

    /// <summary>Modes and owners by pattern, of store paths and of <see cref="Files"/>; not of the base image.</summary>
    public IReadOnlyList<FileRule> FileRules { get; init; } = [];

    /// <summary>How layers are compressed.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Where the descriptors of layers are remembered; null remembers nothing.</summary>
    public LayerCache? Cache { get; init; }
}
