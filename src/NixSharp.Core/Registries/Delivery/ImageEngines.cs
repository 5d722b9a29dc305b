namespace NixSharp.Registries.Delivery;

/// <summary>The names of engines.</summary>
public static class ImageEngines
{
    /// <summary>All names, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<ImageEngine>().Select(static name => name.ToLowerInvariant())];

    /// <summary>Reads a name: <c>native</c>, <c>skopeo</c>, <c>docker</c> or <c>podman</c>.</summary>
    /// <exception cref="NixConfigurationException">There is no such engine (<c>NIXS7004</c>).</exception>
    public static ImageEngine Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? Enum.Parse<ImageEngine>(name, ignoreCase: true)
            : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"'{name}' is no engine that gets images anywhere. Give native or skopeo to push to a registry, docker or podman to load the image into that engine.");
    }
}
