using System.Reflection;
using Xunit.Sdk;

namespace NixSharp.Testing;

/// <summary>Runs a theory with one <see cref="NixRelease"/>; skipped, with the reason printed, where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
[DataDiscoverer("NixSharp.Testing.OnNixDiscoverer", "NixSharp.Testing")]
public sealed class OnNixAttribute : DataAttribute
{
    public OnNixAttribute(NixRelease release)
    {
        Release = release;
        Skip = release.WhyMissing();
    }

    public NixRelease Release { get; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Release]];
}
