namespace NixSharp.Registries;

/// <summary>A token and the time, on a clock that nobody sets, at which it is over.</summary>
internal sealed record RegistryToken(string Value, long OverAt)
{
    /// <summary>Whether it is no longer worth sending.</summary>
    public bool IsOver => Environment.TickCount64 >= OverAt;
}
