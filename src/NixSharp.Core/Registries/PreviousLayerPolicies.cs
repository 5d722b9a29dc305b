namespace NixSharp.Registries;

/// <summary>The names of what a push believes of earlier images.</summary>
public static class PreviousLayerPolicies
{
    private static readonly (string Name, PreviousLayerPolicy Policy)[] All =
        [("take-over", PreviousLayerPolicy.TakeOver), ("verify", PreviousLayerPolicy.Verify), ("ignore", PreviousLayerPolicy.Ignore)];

    /// <summary>All names; the first is the default.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static named => named.Name)];

    /// <summary>Reads a name: <c>take-over</c>, <c>verify</c> or <c>ignore</c>.</summary>
    /// <exception cref="NixConfigurationException">There is no such policy (<c>NIXS7004</c>).</exception>
    public static PreviousLayerPolicy Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? All.First(named => named.Name == name).Policy
            : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"'{name}' is nothing that can be believed of earlier images. Give take-over to take over the layers that they say they have, verify to make those here and compare, or ignore.");
    }
}
