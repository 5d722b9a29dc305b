namespace NixSharp.Images;

/// <summary>How an image is made from a closure, and how its containers run.</summary>
public sealed record ImageOptions
{
    /// <summary>The most layers that container runtimes on Linux can stack.</summary>
    public const int MaxLayersLimit = 127;

    /// <summary>
    /// The image below: its layers come first, and how its containers run is taken over as <c>docker build</c> does it.
    /// Variables, labels, ports and volumes are added to, what else is set here takes the place of the base's, and an
    /// <see cref="Entrypoint"/> that of its command too. It has to stay open as long as the image is used.
    /// </summary>
    public ContainerImage? Base { get; init; }

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

    /// <summary>Annotations of the manifest. Those that name the base image are added.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The most layers, those of the base image and of <see cref="Files"/> included; up to 127.</summary>
    public int MaxLayers { get; init; } = 100;

    /// <summary>Which store paths share a layer.</summary>
    public ILayering Layering { get; init; } = Images.Layering.Automatic;

    /// <summary>What is placed into the image beside the store; in a layer of its own, on top.</summary>
    public IReadOnlyList<ImageFile> Files { get; init; } = [];

    /// <summary>Modes and owners by pattern, of store paths and of <see cref="Files"/>; not of the base image.</summary>
    public IReadOnlyList<FileRule> FileRules { get; init; } = [];

    /// <summary>How layers are compressed.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Where the descriptors of layers are remembered; null remembers nothing.</summary>
    public LayerCache? Cache { get; init; }
}
