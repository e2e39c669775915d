"""Who waits for whom in the end: by hand, and against networkx."""

import itertools

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics.models import reach

EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25)


def arrays(edges):
    ends = np.array(edges, dtype=np.intp).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


@given(edges=EDGES)
def test_what_lies_behind_is_what_networkx_finds(edges):
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(9))
    start, node = reach.reached(*arrays(edges), np.arange(9))
    for one in range(9):
        assert set(node[start == one].tolist()) == nx.descendants(graph, one)


@given(edges=EDGES)
def test_nodes_of_one_circle_share_a_group_and_no_others_do(edges):
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(9))
    label = reach.groups(9, *arrays(edges))
    for members in nx.strongly_connected_components(graph):
        assert len({label[member] for member in members}) == 1
    assert len(set(label.tolist())) == nx.number_strongly_connected_components(graph)


@given(edges=EDGES)
def test_the_longest_way_is_as_long_as_networkx_says(edges):
    forward = [(first, last) for first, last in edges if first < last]
    graph = nx.DiGraph(forward)
    graph.add_nodes_from(range(9))
    for start, way in enumerate(reach.longest_way(9, *arrays(forward), np.arange(9))):
        behind = graph.subgraph({start, *nx.descendants(graph, start)})
        assert len(way) == len(nx.dag_longest_path(behind))
        assert all(graph.has_edge(*step) for step in itertools.pairwise(way))
