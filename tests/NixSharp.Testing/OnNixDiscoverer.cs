using Xunit.Abstractions;
using Xunit.Sdk;

namespace NixSharp.Testing;

/// <summary>Tells xunit the release of an <see cref="OnNixAttribute"/>.</summary>
public sealed class OnNixDiscoverer : IDataDiscoverer
{
    public IEnumerable<object[]> GetData(IAttributeInfo dataAttribute, IMethodInfo testMethod) =>
        [[dataAttribute.GetNamedArgument<NixRelease>(nameof(OnNixAttribute.Release))]];

    public bool SupportsDiscoveryEnumeration(IAttributeInfo dataAttribute, IMethodInfo testMethod) => true;
}
